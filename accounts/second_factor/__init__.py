"""
A code beside the password, of django-allauth. It is installed only where SECOND_FACTOR is set.

People turn it on themselves. Sign-in links and single sign-on need no code: a link is the way back
for who lost the device, and the provider of single sign-on has a second factor of its own.
"""
