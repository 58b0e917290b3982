"""What tests share: worlds, servers and rows. Test modules import from here, never from each other."""
