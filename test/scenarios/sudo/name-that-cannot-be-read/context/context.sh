USERNAME="$(id)"
