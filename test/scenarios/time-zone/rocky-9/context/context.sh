TIMEZONE='America/Argentina/Buenos_Aires'
