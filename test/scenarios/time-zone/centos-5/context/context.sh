TIMEZONE="Europe/Berlin"
