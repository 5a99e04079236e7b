TIMEZONE='../../../etc/shadow'
SET_HOSTNAME='web'
