"""Random names and paths, from well-formed to nasty; the same for the same seed."""

from collections.abc import Iterator
from random import Random

WORDS = ("trials", "spikes", "obj", "A1", "_x", "x_y", "times", "ephysData_g0_t0", "ROIs", "mpciROIs", "a", "")
NAMESPACES = ("_ibl_", "_iblrig_", "_phy_", "_", "", "", "", "__", "_a-b_", "ibl_", "_ns_2_")
ATTRIBUTES = ("times", "goCue_times", "intervals_bpod", "_phy_ids", "_ks2_label", "times_ephysClock", "x_", "raw",
              "a-b", "stimOn_intervals", "times_x_y", "timesteps", "_times", "clusters_times_bpod_2")  # fmt: skip
UUIDS = ("738eca6f-d437-40d6-a9b8-a3f4cbbfbff7", "738ECA6F-d437-40d6-a9b8-a3f4cbbfbff7", "738eca6f", "00000000-0000")
EXTRAS = ("", "", "", ".raw", ".imec0.ap", ".part_00.x1", ".a-b", "..", ".metadata", f".{UUIDS[0]}", f".x.{UUIDS[1]}")
EXTENSIONS = ("npy", "pqt", "tar.gz", "cbin", "csv", "", "m4", "npy ", "json", "p-t")
LABS = ("mainenlab", "mylab_ucl", "my-lab", "", "cortexlab", "lab.x")
SUBJECTS = ("KS014", "SWC_054", "ibl-witten-27", "a.b", "..", "mouse 1", ".x", "1", "Ünal_3")
DATES = ("2019-08-30", "2024-02-29", "2020-13-45", "2023-02-29", "20-01-01", "2020-1-1", "2019-08-30T10", "1999-12-31")
NUMBERS = ("001", "1", "12", "1000", "0", "00", "x", "999", "0001")
FOLDERS = ("alf", "probe00", "raw_video_data", "alf/probe00", "alf/probe00/ks2_preproc_tests", "v1.2.3", "a b", "..",
           "FOV_00", "tasks/trainingChoiceWorld_00")  # fmt: skip
REVISIONS = ("#2024-01-01#", "#v1.0.0#", "#a#", "##", "#a b#", "2024-01-01", "#2023-01-01a#", "#x")
ROOTS = ("", "", "/", "/mnt/data/", "C:\\Data\\", "C:/Data/", "../", "//server/share/", "/mnt/2020-01-01/001/")
NOISE = "._-#/\\ \n0aZéß\u0663"


def random_names(n: int, seed: int = 0) -> Iterator[str]:
    """Make names, paths in sessions, folders and sessions; a third of them with damage, some with backslashes."""
    random = Random(seed)
    for _ in range(n):
        text = random.choice((file_name, session, relative, whole))(random)
        for _ in range(random.choice((0, 0, 1, 2)) if random.random() < 0.4 else 0):
            place = random.randrange(len(text) + 1)
            text = text[:place] + random.choice((*NOISE, "")) + text[place + random.choice((0, 1)) :]
        yield text.replace("/", "\\") if random.random() < 0.05 else text


def file_name(random: Random) -> str:
    parts = random.choice(NAMESPACES), random.choice(WORDS), ".", random.choice(ATTRIBUTES), random.choice(EXTRAS), "."
    return "".join((*parts, random.choice(EXTENSIONS)))


def session(random: Random) -> str:
    lab = random.choice(("", f"{random.choice(LABS)}/Subjects/"))
    good = random.random() < 0.5
    day, number = (DATES[0], NUMBERS[random.randrange(3)]) if good else (random.choice(DATES), random.choice(NUMBERS))
    return f"{random.choice(ROOTS)}{lab}{random.choice(SUBJECTS)}/{day}/{number}"


def relative(random: Random) -> str:
    folders = [random.choice(FOLDERS) for _ in range(random.randrange(3))]
    folders += [random.choice(REVISIONS)] if random.random() < 0.4 else []
    return "/".join([*folders, *([file_name(random)] if random.random() < 0.8 else [])])


def whole(random: Random) -> str:
    return f"{session(random)}/{relative(random)}"
