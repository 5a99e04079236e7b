TIMEZONE='US/Pacific'
