"""The figures of results folders, one module a figure; `gallery` knows them all."""
