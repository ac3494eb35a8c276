"""Every table there is: importing this fills the metadata that migrations are compared with."""

from sqlalchemy import MetaData

import server.accounts.models
import server.audit.models
import server.credentials.models
import server.delivery.models
import server.guardians.models
import server.notes.models
import server.notices.models
import server.photos.models
import server.reassessment.models
import server.review.models
import server.sharing.models
import server.timeline.charted
import server.timeline.daily_life
import server.timeline.models  # noqa: F401
from server.db import Base

metadata: MetaData = Base.metadata
