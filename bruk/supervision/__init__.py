"""How the services of a site are described, checked and watched.

May not contain a service itself, nor talk to the supervisor: `bruk.services` does."""
