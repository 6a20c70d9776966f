"""Training of model sets."""

import os

# Before torch is imported: threads that wait for each other spin otherwise, which on cores that others use as well
# makes training many times slower.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
