"""The signature of a call is that of the published example."""

import hashlib

from shop.sms import aliyun
from shop.tests.aliyun_server import signature_of

#: The published example, with "fixed parameters", of the signature's document.
PUBLISHED = {
    "host": "ecs.cn-shanghai.aliyuncs.com",
    "x-acs-action": "RunInstances",
    "x-acs-content-sha256": hashlib.sha256(b"").hexdigest(),
    "x-acs-date": "2023-10-26T10:22:32Z",
    "x-acs-signature-nonce": "3156853299f313e23d1673dc12e1703d",
    "x-acs-version": "2014-05-26",
}


PUBLISHED_QUERY = {
    "RegionId": "cn-shanghai",
    "ImageId": "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd",
}


PUBLISHED_SIGNATURE = "06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"


def test_signs_the_published_example_as_published():
    query = aliyun.canonical_query(PUBLISHED_QUERY)
    said = aliyun.authorization(
        "YourAccessKeyId", "YourAccessKeySecret", query, PUBLISHED
    )
    assert said == (
        "ACS3-HMAC-SHA256 Credential=YourAccessKeyId,SignedHeaders=host;x-acs-action;"
        "x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version,"
        f"Signature={PUBLISHED_SIGNATURE}"
    )


def test_the_server_of_these_tests_reckons_the_published_example_too():
    reckoned = signature_of(
        "POST",
        "/",
        "&".join(f"{name}={value}" for name, value in PUBLISHED_QUERY.items()),
        PUBLISHED,
        sorted(PUBLISHED),
        PUBLISHED["x-acs-content-sha256"],
        "YourAccessKeySecret",
    )
    assert reckoned == PUBLISHED_SIGNATURE
