"""Rows every installation starts with: dataset types, formats and repository types, with the keys of Alyx."""

from bregma.alf import dataset_types

REPOSITORY_TYPES: tuple[tuple[str, str], ...] = (
    ("bd237c2c-d114-49fa-adc8-cfaca4fc2f87", "Cardboard box"),
    ("8047d768-c04a-440e-91aa-f221719c4bc5", "Fileserver"),
)

DATA_FORMATS: tuple[tuple[str, str, str, str, str], ...] = (
    ("c03e71e8-846a-42b2-9865-e9f950bb7806", "bin", ".bin", "fread", "unknown"),
    ("7e432648-42f5-4f73-9aa6-fa9b89a61358", "bzip2", ".bz2", "", "bz2.open"),
    ("ff90db44-72df-4cfd-8b0d-09c1a01fb173", "cbin", ".cbin", "fread", "unknown"),
    ("0712fa36-f6e8-4705-a731-4416f9fcd65a", "ch", ".ch", "fread", "unknown"),
    ("cdba2cad-6348-410f-bdd1-019a2b598d8c", "csv", ".csv", "fopen", "Pandas.read_csv"),
    ("f002a248-177d-4e29-b30a-aef3c0b52eff", "flac", ".flac", "", ""),
    ("fbe8dfe2-c311-46c3-992c-d7ec54766ea2", "htsv", ".htsv", "readtable", "pandas.read_csv"),
    ("9f923a3a-fe7f-4baa-bce1-6e0be4da78bb", "json", ".json", "loadjson", "json.load"),
    ("6b7ebce8-902a-42b1-ad39-3cc8193f3731", "jsonable", ".jsonable", "", ""),
    ("11eef17e-c498-4b65-bc82-666c13b2ffa8", "log", ".log", "", ""),
    ("915c2d20-c77e-4c47-b4a5-d9eb6c782be1", "m", ".m", "open", "read"),
    ("b0572461-af44-4979-b3c2-c9f12a8a0161", "mat", ".mat", "load", "scipy.io.loadmat"),
    (
        "a8dace55-5134-426c-a615-6591241e7ba0",
        "meta",
        ".meta",
        "ibllib.io.spikeglx.read_meta_data",
        "ibllib.io.spikeglx.read_meta_data",
    ),
    ("6fd398a0-8a3c-46c0-a9a2-e42f1c8f35d2", "mj2", ".mj2", "VideoReader", "ffmpeg"),
    ("d8df05af-ec4a-48f8-8847-a2b54c3d5b09", "mp4", ".mp4", "", ""),
    ("b08760c9-a486-46d2-bc22-26ddcf3a1527", "notData", "", "", ""),
    ("e7b3d18f-5f58-4eea-994b-0e1f6ff87c2c", "npy", ".npy", "readNPY", "numpy.load"),
    ("f6474942-3f0e-4a68-89a1-64d8d600d953", "npz", ".npz", "", "numpy.load"),
    ("b2797026-4c9a-474f-be2c-41f02a2bde17", "parquet", ".pqt", "parquetread", "pyarrow.parquet.read_table"),
    ("129cadde-5332-45a2-8c6e-d06aaa53cc62", "sparse npz", ".sparse_npz", "", "sparse.load_npz"),
    ("7b28e2a1-0d34-4758-a028-85e572f90587", "ssv", ".ssv", "", ""),
    ("11aac07c-b434-425c-a394-d0ecdbcbee10", "tar", ".tar", "", "tarfile.TarFile"),
    ("47bcdd69-8754-4045-ba05-0b59c9dba75b", "tdms", ".tdms", "tdmsread", "pyTDMS"),
    ("145e9d9a-bce4-4181-a6d4-935895f2679e", "tif", ".tif", "read", "ScanImageTiffReader"),
    ("f4ef3f1d-a334-4141-a35f-376f6d14eb2f", "tsv", ".tsv", "", "pandas.read_table"),
    ("8c0428b0-9344-43f4-ba7e-17b61b0d7ba9", "yaml", ".yaml", "ReadYaml", "yaml.full_load"),
    ("c472875c-ff15-41d0-a338-ae749b2d68e8", "yml", ".yml", "ReadYaml", "yaml.full_load"),
    ("e97f80d2-8f58-4afd-b49a-70facb9d900f", "zip", ".zip", "", ""),
)

DATASET_TYPES: tuple[tuple[str, str, str | None], ...] = tuple(
    (str(one.id), one.name, one.filename_pattern) for one in dataset_types() if one.of_alyx
)

EVERYDAY_TYPES: tuple[tuple[str, str], ...] = tuple(
    (str(one.id), one.name) for one in dataset_types() if not one.of_alyx
)
"""Of everyday ALF objects: any namespace, any extension."""
