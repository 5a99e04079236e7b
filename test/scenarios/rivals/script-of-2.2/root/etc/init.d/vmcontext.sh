#!/bin/bash

# Gets IP address from a given MAC
mac2ip() {
  echo "$1"
}
