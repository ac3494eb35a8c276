"""What an export may fail with, each with a message for the person who started it."""

from mobile_models.export.annotated import DataUnusable
from mobile_models.export.assemble import FormatUnknown
from mobile_models.export.budget import BudgetExceeded
from mobile_models.export.convert import ConversionError
from mobile_models.export.coreml import CoreMLWrong
from mobile_models.export.interpreters import InterpretersDiffer
from mobile_models.export.measured import MeasurementMissing, SizeWrong
from mobile_models.export.metadata import MetadataWrong
from mobile_models.export.weights import WeightsError

FAILURES = (
    BudgetExceeded,
    ConversionError,
    CoreMLWrong,
    DataUnusable,
    FormatUnknown,
    InterpretersDiffer,
    MeasurementMissing,
    MetadataWrong,
    OSError,
    SizeWrong,
    WeightsError,
)
