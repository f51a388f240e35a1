"""The table of points (记分表): a district's, in versions."""

from decimal import Decimal

from django.db import models
from django.db.models.functions import Mod
from django.db.models.lookups import Exact

from scoring.models.versions import RulesVersion, version_constraints


class RuleBook(RulesVersion):
    """One version of a district's table of points."""

    class Meta:
        verbose_name = "记分表"
        verbose_name_plural = "记分表"
        constraints = version_constraints("rule_book")


class RuleClause(models.Model):
    """One clause (条、款) of a rule book."""

    book = models.ForeignKey(RuleBook, models.CASCADE, related_name="clauses")
    region_code = models.CharField("属地", max_length=12, db_collation="C")
    code = models.CharField("条款", max_length=8)
    item = models.PositiveSmallIntegerField("条")
    sub = models.PositiveSmallIntegerField("款")
    aspect = models.CharField("方面", max_length=20)
    item_name = models.CharField("记分事项", max_length=60)
    text = models.CharField("情形", max_length=300)
    points = models.DecimalField("分值", max_digits=5, decimal_places=1)
    legal_basis = models.CharField("依据", max_length=200)
    check_method = models.TextField("检查方法", blank=True)
    discretion = models.TextField("裁量基准", blank=True)
    is_reducible = models.BooleanField("可减免")
    is_on_site_waivable = models.BooleanField("当场改正可免记", default=False)
    is_major = models.BooleanField("重大隐患条款", default=False)
    is_per_unit = models.BooleanField("按项（处）计", default=False)
    max_units = models.PositiveSmallIntegerField("最多项（处）", null=True, blank=True, default=1)
    is_referred = models.BooleanField("同时移送执法", default=False)
    flags = models.CharField("标记", max_length=60, blank=True)

    class Meta:
        verbose_name = "记分条款"
        verbose_name_plural = "记分条款"
        ordering = ["item", "sub"]
        constraints = [
            models.UniqueConstraint(fields=["book", "code"], name="rule_clause_once"),
            models.UniqueConstraint(fields=["book", "item", "sub"], name="rule_clause_one_place"),
            models.CheckConstraint(
                name="rule_clause_points_are_halves",
                condition=models.Q(points__gt=0)
                & models.Q(Exact(Mod("points", models.Value(Decimal("0.5"))), 0)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.text}"


class GravityVariant(models.Model):
    """The same clause by circumstance (情节): other points than the clause's own."""

    clause = models.ForeignKey(RuleClause, models.CASCADE, related_name="variants")
    region_code = models.CharField("属地", max_length=12, db_collation="C")
    label = models.CharField("情节", max_length=60)
    points = models.DecimalField("分值", max_digits=5, decimal_places=1)

    class Meta:
        verbose_name = "情节"
        verbose_name_plural = "情节"
        ordering = ["points", "id"]
        constraints = [
            models.UniqueConstraint(fields=["clause", "label"], name="gravity_variant_once"),
        ]

    def __str__(self) -> str:
        return f"{self.label} {self.points}"
