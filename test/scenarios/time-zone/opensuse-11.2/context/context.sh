timezone="Europe/Berlin"
