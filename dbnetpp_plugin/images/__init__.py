"""Any image file to pixels: listing, headers, completeness, decoding, orientation, and the errors of each."""
