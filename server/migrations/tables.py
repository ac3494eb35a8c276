"""Every table there is: importing this fills the metadata that migrations are compared with."""

from sqlalchemy import MetaData

from server.foundation.db import Base

metadata: MetaData = Base.metadata
