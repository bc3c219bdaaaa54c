"""What happens to a subject: sessions, weighings, water, surgeries, its end; and what people are told of it."""

from bregma.alyx.actions.models.notifications import Notification, NotificationRule, NotificationType
from bregma.alyx.actions.models.procedures import (
    ChronicRecording,
    Cull,
    CullMethod,
    CullReason,
    OtherAction,
    Surgery,
    VirusInjection,
)
from bregma.alyx.actions.models.sessions import Action, EphysSession, ImagingSession, ProcedureType, Session
from bregma.alyx.actions.models.water import WaterAdministration, WaterRestriction, WaterType, Weighing

__all__ = [
    "Action",
    "ChronicRecording",
    "Cull",
    "CullMethod",
    "CullReason",
    "EphysSession",
    "ImagingSession",
    "Notification",
    "NotificationRule",
    "NotificationType",
    "OtherAction",
    "ProcedureType",
    "Session",
    "Surgery",
    "VirusInjection",
    "WaterAdministration",
    "WaterRestriction",
    "WaterType",
    "Weighing",
]
