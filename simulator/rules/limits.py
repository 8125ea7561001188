"""Every number that Viber's documentation limits something by.

https://developers.viber.com/docs/api/rest-bot-api/; where sources differ the
stricter value stands here, so that what passes here passes there.
"""

# One request (docs: 30 kB).
REQUEST_BYTES = 30_000

# Messages, in characters.
SENDER_NAME = 28
TRACKING_DATA = 4_000  # newer docs: 4096
TEXT = 7_000
PICTURE_TEXT = 768  # older docs: 120, then 512
FILE_NAME = 256
URL = 2_000
CONTACT_NAME = 28
CONTACT_PHONE = 18
ALT_TEXT = 7_000

# Media, in bytes and seconds.
VIDEO_BYTES = 27_262_976
VIDEO_SECONDS = 180
FILE_BYTES = 52_428_800
PICTURE_EXTENSIONS = (".jpeg", ".jpg", ".png", ".gif")
VIDEO_EXTENSIONS = (".mp4",)
# https://developers.viber.com/docs/api/rest-bot-api/#forbiddenFileFormats
FORBIDDEN_FILES = frozenset(
    {
        ".action",
        ".apk",
        ".app",
        ".bat",
        ".bin",
        ".cmd",
        ".com",
        ".command",
        ".cpl",
        ".csh",
        ".exe",
        ".gadget",
        ".inf1",
        ".ins",
        ".inx",
        ".ipa",
        ".isu",
        ".job",
        ".jse",
        ".ksh",
        ".lnk",
        ".msc",
        ".msi",
        ".msp",
        ".mst",
        ".osx",
        ".out",
        ".paf",
        ".pif",
        ".ps1",
        ".reg",
        ".rgs",
        ".run",
        ".sct",
        ".shb",
        ".shs",  # codespell:ignore shs
        ".u3p",
        ".vb",
        ".vbe",
        ".vbs",
        ".vbscript",
        ".workflow",
        ".ws",
        ".wsf",
    }
)

# A channel post (https://developers.viber.com/docs/tools/channels-post-api/).
CHANNEL_VIDEO_BYTES = 52_428_800

# Receivers and rates.
BROADCAST_RECEIVERS = 300
BROADCASTS = 500
BROADCAST_WINDOW_MS = 10_000
ONLINE_IDS = 100
DETAILS = 2
DETAILS_WINDOW_MS = 12 * 3_600_000
MESSAGES_WITHOUT_REPLY = 100
HOUR_MS = 3_600_000

# Callbacks: the wait of an answer, and the waits before attempt 2, 3, ...
CALLBACK_SECONDS = 5.0
RETRY_SECONDS = (10, 60, 300, 600, 900, 900, 900)

# Media of users' messages stay for an hour (captures: Expires = timestamp + 3600 s).
MEDIA_SECONDS = 3_600
SESSION_MS = 24 * 3_600_000
WELCOME_MS = 5 * 60_000
