export http_proxy=http://192.168.0.1:3128
