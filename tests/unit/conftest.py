"""What every unit test starts with: nothing of this machine's speed."""

import os

from hypothesis import settings

# How long an example takes is the machine's affair; a test as a whole has 30 seconds.
# Few examples keep the tests a reflex; HYPOTHESIS_PROFILE=thorough looks further.
settings.register_profile("quick", deadline=None, max_examples=40)
settings.register_profile("thorough", deadline=None, max_examples=1000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))
