TIMEZONE='Europe/Berlin'
