"""Pull and push of one timeline by its change log, for WatermelonDB, RxDB and anybody else."""
