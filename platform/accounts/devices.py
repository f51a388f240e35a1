"""A browser's words about itself, as a person would say them."""

# The first that is found counts: Edge also calls itself Chrome, and Chrome Safari.
SYSTEMS = {
    "HarmonyOS": "鸿蒙", "Android": "Android 手机", "iPhone": "iPhone", "iPad": "iPad",
    "Windows": "Windows 电脑", "Mac OS X": "苹果电脑", "Linux": "Linux 电脑",
}  # fmt: skip
BROWSERS = {
    "MicroMessenger": "微信", "QIHU": "360 浏览器", "Edg": "Edge", "Firefox": "Firefox",
    "Chrome": "Chrome", "Safari": "Safari",
}  # fmt: skip


def device_name(user_agent: str) -> str:
    """Return "Windows 电脑 · Edge"; 未知设备 for a browser that does not say."""
    found = (
        next((name for sign, name in names.items() if sign in user_agent), "")
        for names in (SYSTEMS, BROWSERS)
    )
    return " · ".join(filter(None, found)) or "未知设备"
