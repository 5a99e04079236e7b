# Somebody who swaps names in directories of his own, as fast as he can, until he is told to stop. Called by attacker.ts
# with the rights of an ordinary user; reads what to do from standard input, a line each, up to an empty one:
#
#   exchange ONE OTHER    two names change places at once (renameat2(2), RENAME_EXCHANGE)
#   move ONE OTHER        a name goes away, and comes back the next time
#   link TARGET NAME      a symbolic link is planted wherever there is none yet
#
# SIGTERM ends it; it then says how many swaps came about.
use strict;
use warnings;

my $machine = do { open my $file, '-|', 'uname', '-m' or die; local $/; <$file> };
my $renameat2 = $machine =~ /^x86_64/ ? 316 : 276;
my ($here, $exchange) = (-100, 2);

my @deeds;
while (my $line = <STDIN>) {
  chomp $line;
  last if $line eq '';
  push @deeds, [split / /, $line, 3];
}
my ($swaps, $isOver) = (0, 0);
$SIG{TERM} = sub { $isOver = 1 };
$| = 1;
print "ready\n";
until ($isOver) {
  my ($kind, $one, $other) = @{$deeds[rand @deeds]};
  if ($kind eq 'exchange') {
    $swaps += 1 if syscall($renameat2, $here, $one, $here, $other, $exchange) == 0;
  } elsif ($kind eq 'move') {
    $swaps += 1 if -e $one ? rename($one, $other) : rename($other, $one);
  } else {
    $swaps += 1 if symlink($one, $other);
  }
}
print "$swaps\n";
