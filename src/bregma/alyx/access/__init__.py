"""Who a person is to the installation: personal tokens, delegations, the account page, second factors."""
