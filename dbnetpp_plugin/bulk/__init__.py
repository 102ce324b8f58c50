"""Long jobs over many images: sharded, journaled, resumable, exported to other formats."""
