USERNAME='daemon'
