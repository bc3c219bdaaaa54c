"""Keys and inputs as DataJoint sees them. PostgreSQL keeps their rows: see `bregma.pipelines.keys`."""

from bregma.pipelines.engine import dj


class Session(dj.Manual):
    """A session of Alyx."""

    definition = """
    session_uuid : char(36)
    ---
    subject_uuid=null : char(36)
    start_time=null : datetime  # UTC
    number=null : int32
    task_protocol='' : varchar(1023)
    """


class Insertion(dj.Manual):
    """A probe insertion of Alyx."""

    definition = """
    insertion_uuid : char(36)
    ---
    -> Session
    name='' : varchar(255)
    """


class Trials(dj.Manual):
    """A session whose trials are in the store."""

    definition = """
    -> Session
    ---
    fingerprint : char(32)  # of the datasets
    """


class Events(dj.Manual):
    """A session whose trials are in the store, with the times of some kind of event."""

    definition = """
    -> Session
    ---
    fingerprint : char(32)  # of the datasets
    """


class Spikes(dj.Manual):
    """An insertion whose spikes are in the store."""

    definition = """
    -> Insertion
    ---
    -> Session
    fingerprint : char(32)  # of the datasets
    """


class History(dj.Manual):
    """A subject with analysed sessions."""

    definition = """
    subject_uuid : char(36)
    ---
    fingerprint : char(32)  # of the sessions, their order and their datasets
    """
