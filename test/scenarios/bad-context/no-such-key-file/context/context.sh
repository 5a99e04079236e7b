HOSTNAME="web"
USERNAME="joe"
USER_PUBKEY="id_dsa.pub"
ROOT_PUBKEY="../../etc/passwd"
