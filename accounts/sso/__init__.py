"""
Single sign-on by OpenID Connect. It is installed only where OIDC_ISSUER is set.

django-allauth speaks the protocol's steps and stores identities: one is the pair of issuer and
subject. `protocol` checks what the provider sends, `people` finds the person or makes one, and
`groups` sets what the person may do.
"""
