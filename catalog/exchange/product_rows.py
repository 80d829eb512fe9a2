"""The rows that hang on a product or a variant: its pictures and specifications."""

from collections.abc import Iterator

from catalog.exchange.plan import PlannedProduct, PlannedVariant, Specs
from catalog.models import Picture, ProductSpec, VariantSpec
from catalog.services.bulk import BATCH


def write_pictures(touched: list[PlannedProduct]) -> None:
    """Make products have just the pictures that their rows name, in that order."""
    asked = [planned for planned in touched if planned.pictures is not None]
    new: list[Picture] = []
    changed: list[Picture] = []
    gone: list[int] = []
    for planned in asked:
        stored = {} if planned.is_new else _stored(planned)
        for position, wanted in enumerate(planned.pictures or []):
            picture = stored.pop(wanted.stem, None) or Picture(
                product_id=planned.product.pk, stem=wanted.stem
            )
            (changed if picture.pk else new).append(picture)
            picture.position = position
            picture.alt_zh, picture.alt_en = wanted.alt_zh, wanted.alt_en
        gone += [picture.pk for picture in stored.values()]
    for start in range(0, len(gone), BATCH):
        Picture.objects.filter(pk__in=gone[start : start + BATCH]).delete()
    columns = ["position", "alt_zh", "alt_en"]
    Picture.objects.bulk_update(changed, columns, batch_size=BATCH)
    Picture.objects.bulk_create(new, batch_size=BATCH)


def write_product_specs(touched: list[PlannedProduct]) -> None:
    """Replace what is said of products, specification by specification."""
    owners = {planned.product.pk: planned.specs for planned in touched}
    for definition, keys in _by_definition(owners):
        ProductSpec.objects.filter(definition=definition, product__in=keys).delete()
    rows = [
        ProductSpec(product_id=pk, **each)
        for pk, specs in owners.items()
        for each in specs.said
    ]
    ProductSpec.objects.bulk_create(rows, batch_size=BATCH)


def write_variant_specs(members: list[PlannedVariant]) -> None:
    """The same for variants."""
    owners = {member.variant.pk: member.specs for member in members}
    for definition, keys in _by_definition(owners):
        VariantSpec.objects.filter(definition=definition, variant__in=keys).delete()
    rows = [
        VariantSpec(variant_id=pk, **each)
        for pk, specs in owners.items()
        for each in specs.said
    ]
    VariantSpec.objects.bulk_create(rows, batch_size=BATCH)


def _by_definition(owners: dict[int, Specs]) -> Iterator[tuple[int, list[int]]]:
    """Yield (definition, some of the owners of which it is said), in batches."""
    keys: dict[int, list[int]] = {}
    for pk, specs in owners.items():
        for definition in specs.definitions:
            keys.setdefault(definition.pk, []).append(pk)
    for definition_id, all_keys in keys.items():
        for start in range(0, len(all_keys), BATCH):
            yield definition_id, all_keys[start : start + BATCH]


def _stored(planned: PlannedProduct) -> dict[str, Picture]:
    return {picture.stem: picture for picture in planned.product.pictures.all()}
