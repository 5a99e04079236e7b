#!/bin/sh
# Starts vmcontext with the C library that lies beside it, on guests whose own is too old, or none that it knows.

# The directory of this file, however many links lead to it.
self=$0
while [ -h "$self" ]; do
	target=$(readlink "$self") || exit 3
	case $target in
	/*) self=$target ;;
	*) self=${self%"${self##*/}"}$target ;;
	esac
done
case $self in
*/*) directory=$(cd -P "${self%/*}/" && pwd) || exit 3 ;;
*) directory=$(pwd -P) || exit 3 ;;
esac
case $directory in
*[:\;]*)
	echo "vmcontext: cannot be started from $directory: put it where the path has neither : nor ;" >&2
	exit 3
	;;
esac

# The guest's libraries are no match for this loader.
unset LD_LIBRARY_PATH LD_PRELOAD LD_AUDIT
export VMCONTEXT_PORTABLE="$directory"
exec "$directory/lib/@LOADER@" --argv0 "$0" --inhibit-cache --library-path "$directory/lib" \
	"$directory/vmcontext.bin" "$@"
