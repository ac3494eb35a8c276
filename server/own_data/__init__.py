"""What is somebody's own goes with them: export, import and erasure, a child's by its guardian too."""
