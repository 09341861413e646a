export {
  createPromotion,
  endPromotion,
  listAllPromotions,
  listPromotions,
  type NewPromotion,
  type Promotion,
} from "./promotions";
export { listRedemptions, type Redeemed, type Redeeming, redeemPromotion } from "./redeem";
