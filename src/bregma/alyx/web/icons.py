"""The icons of the pages: strokes on a field of 24 × 24."""

from __future__ import annotations

ICONS = {
    "today": '<circle cx="12" cy="12" r="8.5"/><path d="m8.5 12.2 2.5 2.5 4.7-5.2"/>',
    "mouse": '<path d="M3.5 15.5C3.5 11 7 7.5 12 7.5c4.6 0 7.5 3.2 7.5 7 0 1.7-1.2 3-2.8 3H5.2c-1 0-1.7-.8-1.7-2Z"/>'
    '<circle cx="10.5" cy="7" r="2.4"/><path d="M16.7 17.5c2.5 0 4 .8 4 3M7 13.2v.01"/>',
    "cage": '<rect x="3.5" y="6" width="17" height="13" rx="2"/><path d="M3.5 10h17M8 10v9M12 10v9M16 10v9"/>',
    "heart": '<path d="M12 19.5C5 15 3.5 11.8 3.5 9.3A4.3 4.3 0 0 1 12 8a4.3 4.3 0 0 1 8.5 1.3c0 '
    '2.5-1.5 5.7-8.5 10.2Z"/>',
    "litter": '<circle cx="7" cy="14" r="3.5"/><circle cx="17" cy="14" r="3.5"/><circle cx="12" cy="7.5" r="3"/>',
    "tube": '<path d="M9 3.5v13a3 3 0 0 0 6 0v-13M7.5 3.5h9M9 12h6"/>',
    "hand": '<path d="M4 12h10M10 8l4 4-4 4"/><path d="M14 4.5h4a2 2 0 0 1 2 2v11a2 2 0 0 1-2 2h-4"/>',
    "branch": '<circle cx="6" cy="6" r="2.5"/><circle cx="18" cy="8" r="2.5"/><circle cx="6" cy="18" r="2.5"/>'
    '<path d="M6 8.5v7M18 10.5c0 3-4 3-7 4-2.5.8-5 1-5 1"/>',
    "flag": '<path d="M5.5 21V4M5.5 4.5h12l-2.5 4 2.5 4h-12"/>',
    "shield": '<path d="M12 3.5 5 6v5.5c0 4.5 3 7.5 7 9 4-1.5 7-4.5 7-9V6Z"/><path d="M12 8.5v4M12 16v.01"/>',
    "book": '<path d="M5 5.5A2 2 0 0 1 7 3.5h12v17H7a2 2 0 0 1-2-2ZM5 18.5a2 2 0 0 1 2-2h12M9 8h6"/>',
    "clock": '<circle cx="12" cy="12" r="8.5"/><path d="M12 7v5.2l3.5 2"/>',
    "note": '<path d="M5 4h14v11l-5 5H5ZM14 20v-5h5M8.5 8.5h7M8.5 12h5"/>',
    "scalpel": '<path d="M20 4 9.5 14.5l-2-2L15 5c1.5-1.5 3.5-2 5-1ZM9.5 14.5 4 20M7.5 12.5 4.5 15"/>',
    "probe": '<path d="M12 3v12M9 3h6M12 15l-1 6h2l-1-6M12 7h3M12 11h3"/>',
    "gears": '<path d="M4 7h10M18 7h2M4 17h2M10 17h10"/><circle cx="16" cy="7" r="2"/><circle cx="8" cy="17" r="2"/>',
    "calendar": '<rect x="4" y="5.5" width="16" height="14.5" rx="2"/><path d="M4 10h16M8.5 3v4M15.5 3v4"/>',
    "search": '<circle cx="10.5" cy="10.5" r="6.5"/><path d="m15.5 15.5 5 5"/>',
    "chart": '<path d="M4 4v16h16"/><path d="m7.5 15 3.5-5 3.5 3L19.5 7"/>',
    "brain": '<path d="M12 5a3 3 0 0 0-5.5 1.2A3.5 3.5 0 0 0 4 11a3.5 3.5 0 0 0 1.5 5A3.3 3.3 0 0 0 12 18Z'
    'M12 5a3 3 0 0 1 5.5 1.2A3.5 3.5 0 0 1 20 11a3.5 3.5 0 0 1-1.5 5A3.3 3.3 0 0 1 12 18"/>',
    "table": '<rect x="4" y="4.5" width="16" height="15" rx="2"/><path d="M4 9.5h16M10 9.5v10"/>',
    "code": '<path d="m8.5 8-4.5 4 4.5 4M15.5 8l4.5 4-4.5 4M13.5 5.5l-3 13"/>',
    "bell": '<path d="M6 16.5V11a6 6 0 0 1 12 0v5.5l1.5 1.5h-15ZM10 20.5h4"/>',
    "more": '<path d="M4 7h16M4 12h16M4 17h16"/>',
    "plus": '<path d="M12 5v14M5 12h14"/>',
    "edit": '<path d="M4 20v-4L15.5 4.5l4 4L8 20ZM13 7l4 4"/>',
    "check": '<path d="m5 12.5 4.5 4.5L19 7"/>',
    "warning": '<path d="M12 4 2.8 20h18.4ZM12 10v4.5M12 17.2v.01"/>',
    "info": '<circle cx="12" cy="12" r="8.5"/><path d="M12 11v5M12 8v.01"/>',
    "cross": '<path d="m6 6 12 12M18 6 6 18"/>',
    "back": '<path d="M19 12H5M11 6l-6 6 6 6"/>',
    "next": '<path d="M5 12h14M13 6l6 6-6 6"/>',
    "down": '<path d="m6 9.5 6 6 6-6"/>',
    "up": '<path d="m6 14.5 6-6 6 6"/>',
    "download": '<path d="M12 4v11M7 10.5l5 5 5-5M4.5 20h15"/>',
    "upload": '<path d="M12 16V5M7 9.5l5-5 5 5M4.5 20h15"/>',
    "save": '<path d="M6.5 4h11v16L12 15.5 6.5 20Z"/>',
    "drop": '<path d="M12 3.5c3.5 4.2 6 7.4 6 10.5a6 6 0 0 1-12 0c0-3.1 2.5-6.3 6-10.5Z"/>',
    "scale": '<path d="M12 4v16M7 20h10M5 7h14M5 7l-2.5 6a2.7 2.7 0 0 0 5 0ZM19 7l-2.5 6a2.7 2.7 0 0 0 5 0Z"/>',
    "filter": '<path d="M4 5.5h16l-6.2 7V19l-3.6-2v-4.5Z"/>',
    "print": '<path d="M7 9V4h10v5M7 17H4.5V9h15v8H17M7 14h10v6H7Z"/>',
    "keyboard": '<rect x="3" y="6.5" width="18" height="11" rx="2"/>'
    '<path d="M7 10.5v.01M11 10.5v.01M15 10.5v.01M8 14h8"/>',
    "dot": '<circle cx="12" cy="12" r="3"/>',
}
"""What is drawn inside each icon; :func:`bregma.alyx.web.templatetags.bregma.icon` puts the frame around it."""
