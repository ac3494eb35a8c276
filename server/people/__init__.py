"""Who somebody is and how they prove it: accounts, devices, credentials, and the law on children."""
