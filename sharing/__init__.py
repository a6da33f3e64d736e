"""Who may have it, and how they get it: releases, catalogue, portal, privacy, recipients and the sharing server."""
