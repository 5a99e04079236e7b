#!/bin/bash

if [ -f /mnt/context.sh ]; then
  . /mnt/context.sh
fi

hostname $HOSTNAME
useradd -m $USERNAME
