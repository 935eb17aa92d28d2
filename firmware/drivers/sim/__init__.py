"""The simulated rooms: one place with physics, shared by its radio, camera and LED twins."""

__all__ = ["ROOM_NAMES"]

ROOM_NAMES = (
    "hotel_room",
    "toilet_stall",
    "city_flat",
    "visited_room",
    "dark_cap",
    "plain_wall",
    "edge_target",
    "reference_lens",
)
