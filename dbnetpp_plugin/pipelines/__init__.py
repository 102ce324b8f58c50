"""From images to detections and readings, with any network: batches, prefetching, tiles, scales, results."""
