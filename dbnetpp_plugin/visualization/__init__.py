"""Drawing: text regions with labels, label maps, training curves."""
