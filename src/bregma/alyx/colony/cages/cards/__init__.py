"""Cage cards: what a card says, and how it is drawn on sheets and labels."""

from __future__ import annotations

from bregma.alyx.colony.cages.cards.drawing import Paper, draw_cards
from bregma.alyx.colony.cages.cards.words import Card, cards_of

__all__ = ["Card", "Paper", "cards_of", "draw_cards"]
