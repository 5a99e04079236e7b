DNS_HOSTNAME='YES'
SET_HOSTNAME='web.example.org'
