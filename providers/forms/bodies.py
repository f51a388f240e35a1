from django import forms


class ProviderForm(forms.Form):
    """A provider to be registered."""

    name = forms.CharField(label="机构名称", max_length=100)
    short_name = forms.CharField(label="机构简称", max_length=20, help_text="用于文号，如 冀安泰")
    credit_code = forms.CharField(label="统一社会信用代码", max_length=40)
    contact_name = forms.CharField(label="联系人", max_length=40, required=False)
    phone = forms.CharField(label="联系电话", max_length=60, required=False)
    address = forms.CharField(label="地址", max_length=200, required=False)
    required_qualification = forms.CharField(
        label="法定资质要求", max_length=60, required=False,
        help_text="法律法规要求资质的业务才填写；其他服务不设门槛，留空即为无需资质",
    )  # fmt: skip
