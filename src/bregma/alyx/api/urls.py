"""The addresses of all endpoints: no slash at their end."""

from __future__ import annotations

from django.urls import path
from rest_framework.routers import SimpleRouter

from bregma.alyx.actions import api as actions
from bregma.alyx.api.device_log_in import DeviceTokenView, DeviceView
from bregma.alyx.api.log_in import MeView, TokenView
from bregma.alyx.api.modern import urls as modern
from bregma.alyx.api.schema.views import SchemaView, docs
from bregma.alyx.data import api as data
from bregma.alyx.data.registration_api import CheckProtectedView, RegisterFileView
from bregma.alyx.data.store_api import StoreView
from bregma.alyx.data.tables_api import CacheArchiveView, CacheDeltaView, CacheInfoView, TaggedCacheInfoView
from bregma.alyx.experiments import api as experiments
from bregma.alyx.jobs.api import TaskViewSet
from bregma.alyx.misc import api as misc
from bregma.alyx.notebook.notes.api import NoteViewSet
from bregma.alyx.notebook.surgeries.api import SurgeryViewSet
from bregma.alyx.subjects import api as subjects
from bregma.alyx.subjects import water_api

router = SimpleRouter(trailing_slash=False)
router.register("users", misc.UserViewSet, basename="user")
router.register("labs", misc.LabViewSet, basename="lab")
router.register("locations", misc.LocationViewSet, basename="location")
router.register("projects", subjects.ProjectViewSet, basename="project")
router.register("subjects", subjects.SubjectViewSet, basename="subject")
router.register("procedures", actions.ProcedureTypeViewSet, basename="procedure")
router.register("weighings", actions.WeighingViewSet, basename="weighing")
router.register("water-type", actions.WaterTypeViewSet, basename="watertype")
router.register("water-administrations", actions.WaterAdministrationViewSet, basename="wateradministration")
router.register("water-restriction", actions.WaterRestrictionViewSet, basename="waterrestriction")
router.register("surgeries", SurgeryViewSet, basename="surgery-wire")
router.register("tasks", TaskViewSet, basename="task-wire")
router.register("sessions", actions.SessionViewSet, basename="session")
router.register("insertions", experiments.InsertionViewSet, basename="insertion")
router.register("chronic-insertions", experiments.ChronicInsertionViewSet, basename="chronicinsertion")
router.register("trajectories", experiments.TrajectoryViewSet, basename="trajectoryestimate")
router.register("channels", experiments.ChannelViewSet, basename="channel")
router.register("brain-regions", experiments.BrainRegionViewSet, basename="brainregion")
router.register("fields-of-view", experiments.FOVViewSet, basename="fov")
router.register("fov-location", experiments.FOVLocationViewSet, basename="fovlocation")
router.register("imaging-stack", experiments.ImagingStackViewSet, basename="imagingstack")
router.register("datasets", data.DatasetViewSet, basename="dataset")
router.register("files", data.FileRecordViewSet, basename="filerecord")
router.register("data-repository", data.RepositoryViewSet, basename="datarepository")
router.register("data-repository-type", data.RepositoryTypeViewSet, basename="datarepositorytype")
router.register("data-formats", data.DataFormatViewSet, basename="dataformat")
router.register("dataset-types", data.DatasetTypeViewSet, basename="datasettype")
router.register("revisions", data.RevisionViewSet, basename="revision")
router.register("tags", data.TagViewSet, basename="tag")
router.register("data-notices", data.DataNoticeViewSet, basename="datanotice")
router.register("downloads", data.DownloadViewSet, basename="download")
router.register("notes", NoteViewSet, basename="note-wire")

urlpatterns = [
    *router.urls,
    *modern.urlpatterns,
    path(
        "water-restricted-subjects",
        water_api.WaterRestrictedViewSet.as_view({"get": "list"}),
        name="water-restricted-subjects",
    ),
    path("water-requirement/<str:nickname>", water_api.WaterRequirementView.as_view(), name="water-requirement"),
    path("restrict-water", actions.RestrictWaterViewSet.as_view({"post": "create"}), name="restrict-water"),
    path("auth-token", TokenView.as_view(), name="auth-token"),
    path("auth/device", DeviceView.as_view(), name="auth-device"),
    path("auth/device/token", DeviceTokenView.as_view(), name="auth-device-token"),
    path("me", MeView.as_view(), name="me"),
    path("new-download", data.NewDownloadView.as_view(), name="new-download"),
    path("sync-file-status", data.SyncFileStatusView.as_view(), name="sync-file-status"),
    path("register-file", RegisterFileView.as_view(), name="register-file"),
    path("check-protected", CheckProtectedView.as_view(), name="check-protected"),
    path("cache/info/", CacheInfoView.as_view(), name="cache-info"),
    path("cache/info/<str:tag>/", TaggedCacheInfoView.as_view(), name="cache-info-tag"),
    path("cache/delta", CacheDeltaView.as_view(), name="cache-delta"),
    path("cache.zip", CacheArchiveView.as_view(), name="cache-archive"),
    path("store/<path:key>", StoreView.as_view(), name="store"),
    path("api/schema", SchemaView.as_view(), name="schema"),
    path("docs/", docs, name="api-docs"),
]
