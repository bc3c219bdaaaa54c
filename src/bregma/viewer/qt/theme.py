"""Colours and shapes of the application, those of its pictures."""

BACKGROUND, SURFACE, RAISED, EDGE = "#0e1116", "#151a21", "#1e252f", "#2b3441"
TEXT, QUIET, FAINT = "#dfe5ee", "#94a0b0", "#5c6878"
ACCENT, ACCENT_DARK, WARNING, PROBLEM = "#7cc4ff", "#244a6b", "#ffd180", "#ff8a80"

STYLE = f"""
* {{ font-size: 12px; }}
QWidget {{ color: {TEXT}; }}
QMainWindow, QDialog {{ background: {BACKGROUND}; }}
QMainWindow::separator {{ background: {BACKGROUND}; width: 6px; height: 6px; }}
QMainWindow::separator:hover {{ background: {ACCENT_DARK}; }}
QToolTip {{ background: {RAISED}; color: {TEXT}; border: 1px solid {EDGE}; padding: 4px 6px; }}
QDockWidget {{ color: {QUIET}; font-weight: 600; }}
QDockWidget::title {{ background: {SURFACE}; padding: 7px 10px; text-align: left; }}
QDockWidget > QWidget, #panel {{ background: {SURFACE}; }}
QSlider, QLabel, QCheckBox {{ background: transparent; }}
QScrollArea, QScrollArea > QWidget, QTabWidget {{ background: {SURFACE}; }}
QTabBar {{ background: {SURFACE}; }}
QTabBar::tab {{ background: {SURFACE}; color: {QUIET}; padding: 7px 14px; border: none;
    border-bottom: 2px solid transparent; }}
QTabBar::tab:selected {{ color: {TEXT}; border-bottom: 2px solid {ACCENT}; }}
QTabBar::tab:hover {{ color: {TEXT}; }}
QTabWidget::pane {{ border: none; background: {SURFACE}; }}
QMenuBar {{ background: {SURFACE}; padding: 2px 6px; }}
QMenuBar::item {{ background: transparent; padding: 5px 9px; border-radius: 4px; }}
QMenuBar::item:selected, QMenu::item:selected {{ background: {ACCENT_DARK}; }}
QMenu {{ background: {RAISED}; border: 1px solid {EDGE}; padding: 4px; }}
QMenu::item {{ padding: 5px 26px 5px 14px; border-radius: 4px; }}
QMenu::item:disabled {{ color: {FAINT}; }}
QMenu::separator {{ height: 1px; background: {EDGE}; margin: 4px 8px; }}
QToolBar {{ background: {SURFACE}; border: none; spacing: 2px; padding: 4px 8px; }}
QToolBar::separator {{ background: {EDGE}; width: 1px; margin: 5px 6px; }}
QToolButton, QPushButton {{ background: transparent; border: 1px solid transparent; border-radius: 5px;
    padding: 4px 9px; color: {TEXT}; }}
QPushButton {{ background: {RAISED}; border-color: {EDGE}; padding: 5px 12px; }}
QToolButton:hover, QPushButton:hover {{ background: {EDGE}; }}
QToolButton:checked, QPushButton:checked {{ background: {ACCENT_DARK}; color: white; }}
QToolButton:disabled, QPushButton:disabled {{ color: {FAINT}; }}
QPushButton:default {{ background: {ACCENT_DARK}; border-color: {ACCENT}; color: white; }}
QToolButton:focus, QPushButton:focus, QLineEdit:focus, QComboBox:focus, QDoubleSpinBox:focus, QSpinBox:focus
    {{ border: 1px solid {ACCENT}; }}
QLineEdit, QComboBox, QDoubleSpinBox, QSpinBox {{ background: {BACKGROUND}; border: 1px solid {EDGE};
    border-radius: 5px; padding: 4px 7px; selection-background-color: {ACCENT_DARK}; }}
QComboBox::drop-down {{ border: none; width: 18px; }}
QComboBox::down-arrow {{ image: url(bregma:down.svg); width: 12px; height: 12px; margin-right: 6px; }}
QComboBox QAbstractItemView {{ background: {RAISED}; border: 1px solid {EDGE};
    selection-background-color: {ACCENT_DARK}; outline: none; }}
QDoubleSpinBox::up-button, QDoubleSpinBox::down-button, QSpinBox::up-button, QSpinBox::down-button {{ width: 0; }}
QTreeWidget {{ background: {SURFACE}; border: none; outline: none; }}
QTreeWidget::item {{ padding: 3px 2px; border: none; }}
QTreeWidget::item:hover {{ background: {RAISED}; }}
QTreeWidget::item:selected {{ background: {ACCENT_DARK}; color: white; }}
QTreeWidget::indicator, QCheckBox::indicator {{ width: 13px; height: 13px; border: 1px solid {FAINT};
    border-radius: 3px; background: {BACKGROUND}; }}
QTreeWidget::indicator:checked, QCheckBox::indicator:checked {{ background: {ACCENT}; border-color: {ACCENT}; }}
QTreeWidget::indicator:checked, QCheckBox::indicator:checked {{ image: url(bregma:tick.svg); }}
QTreeWidget::indicator:indeterminate {{ background: {ACCENT_DARK}; border-color: {ACCENT}; }}
QCheckBox:focus {{ color: {ACCENT}; }}
QSlider::groove:horizontal {{ height: 3px; background: {EDGE}; border-radius: 1px; }}
QSlider::sub-page:horizontal {{ background: {ACCENT}; border-radius: 1px; }}
QSlider::handle:horizontal {{ width: 12px; height: 12px; margin: -5px 0; border-radius: 6px; background: {TEXT}; }}
QSlider::handle:horizontal:hover, QSlider::handle:horizontal:focus {{ background: {ACCENT}; }}
QSlider::sub-page:horizontal:disabled {{ background: {FAINT}; }}
QScrollBar:vertical {{ background: transparent; width: 9px; margin: 0; }}
QScrollBar::handle:vertical {{ background: {EDGE}; border-radius: 4px; min-height: 28px; }}
QScrollBar::handle:vertical:hover {{ background: {FAINT}; }}
QScrollBar:horizontal {{ background: transparent; height: 9px; margin: 0; }}
QScrollBar::handle:horizontal {{ background: {EDGE}; border-radius: 4px; min-width: 28px; }}
QScrollBar::add-line, QScrollBar::sub-line, QScrollBar::add-page, QScrollBar::sub-page
    {{ background: none; width: 0; height: 0; }}
QDialogButtonBox {{ dialogbuttonbox-buttons-have-icons: 0; }}
QScrollArea {{ border: none; }}
QStatusBar {{ background: {SURFACE}; color: {QUIET}; }}
QStatusBar::item {{ border: none; }}
#heading {{ color: {QUIET}; font-weight: 600; padding-top: 8px; }}
#quiet {{ color: {QUIET}; }}
#title {{ font-size: 15px; font-weight: 600; }}
#figure {{ color: {TEXT}; }}
#problem {{ background: #3a1d1f; border: 1px solid {PROBLEM}; border-radius: 6px; }}
#problem QLabel {{ background: transparent; color: #ffd6d2; }}
"""
