TIMEZONE='Europe/Atlantis'
