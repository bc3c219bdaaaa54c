"""What is written about breeding; each service is one transaction, and asks the policy first."""

from __future__ import annotations

from bregma.alyx.colony.breeding.services.births import Birth, record_birth
from bregma.alyx.colony.breeding.services.litters import change_litter, reduce_subjects
from bregma.alyx.colony.breeding.services.names import Kind, give_names
from bregma.alyx.colony.breeding.services.pairs import Mating, change_pair, end_pair, start_pair
from bregma.alyx.colony.breeding.services.plugs import record_plug
from bregma.alyx.colony.breeding.services.weaning import Pup, Weaning, check_weaning, wean_litter

__all__ = [
    "Birth",
    "Kind",
    "Mating",
    "Pup",
    "Weaning",
    "change_litter",
    "change_pair",
    "check_weaning",
    "end_pair",
    "give_names",
    "record_birth",
    "record_plug",
    "reduce_subjects",
    "start_pair",
    "wean_litter",
]
