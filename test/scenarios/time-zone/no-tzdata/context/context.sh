TIMEZONE='Europe/Berlin'
SET_HOSTNAME='web'
