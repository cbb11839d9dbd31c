"""Who may connect: the site's own certificate authority and the broker's access list. Never: what a message means."""
