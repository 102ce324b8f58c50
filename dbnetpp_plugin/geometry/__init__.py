"""Pure functions on arrays: polygons, offsets, label maps and contours. No torch and no registry here."""
