"""The person of the fixtures."""

USER = "8WxcSDq9eq+IzDQ1sS0mPA=="
OKSANA = {
    "id": USER,
    "name": "Oksana Prykladna",
    "avatar": (
        "https://media-direct.cdn.viber.com/download_photo"
        "?dlid=fixture-oksana&fltp=jpg&imsz=0000"
    ),
    "language": "uk-UA",
    "country": "UA",
    "api_version": 10,
}
