"""Pictures of the products, as the shop shows them and as a phone would take them."""
